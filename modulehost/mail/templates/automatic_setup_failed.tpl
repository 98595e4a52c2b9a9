name: Automatic Setup Failed
type: admin
subject: Automatic Setup Failed

<p>An order could not be set up by itself:</p>
<p>Client: {$client_name} (#{$client_id})<br />
Product/Service: {$service_product} (#{$service_id}){if $service_domain}<br />
Domain: {$service_domain}{/if}{if $addon_name}<br />
Addon: {$addon_name}{/if}<br />
Command: {$module_action} (module {$module_name})</p>
<p>Error:<br />{$error_msg}</p>
<p><a href="{$service_link}">{$service_link}</a></p>
<p>Nothing is repeated by itself; retry the command or mark it resolved in the module queue: <a href="{$module_queue_link}">{$module_queue_link}</a></p>
