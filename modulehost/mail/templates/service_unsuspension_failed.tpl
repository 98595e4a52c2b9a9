name: Service Unsuspension Failed
type: admin
subject: Service Unsuspension Failed

<p>A service could not be unsuspended:</p>
<p>Client: {$client_name} (#{$client_id})<br />
Product/Service: {$service_product} (#{$service_id}){if $service_domain}<br />
Domain: {$service_domain}{/if}{if $addon_name}<br />
Addon: {$addon_name}{/if}<br />
Command: {$module_action} (module {$module_name})</p>
<p>Error:<br />{$error_msg}</p>
<p><a href="{$service_link}">{$service_link}</a></p>
<p>Nothing is repeated by itself; retry the command or mark it resolved in the module queue: <a href="{$module_queue_link}">{$module_queue_link}</a></p>
