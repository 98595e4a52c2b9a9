name: Service Suspension Notification
type: product
subject: Service Suspension Notification

<p>Dear {$client_name},</p>
<p>this service has been suspended:</p>
<p>Product/Service: {$service_product_name}{if $service_domain}<br />Domain: {$service_domain}{/if}<br />
Amount: {$service_recurring_amount}<br />Due Date: {$service_next_due_date}<br />
Suspension Reason: <strong>{$service_suspension_reason}</strong></p>
<p>Please get in touch with us so that we can switch it on again.</p>
<p>{$signature}</p>
